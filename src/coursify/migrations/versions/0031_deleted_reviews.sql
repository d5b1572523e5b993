-- A review that was hidden and then deleted is looked up when its author writes another.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX reviews_deleted ON reviews (user_id, course_id, id DESC) WHERE deleted_at IS NOT NULL;
