-- An edit writes every lexeme of its course, each to another page of the index: 8 ms, and 1.4 MB of WAL after a checkpoint.
-- Now it writes them to a list of 32 pages, which each search reads as well; when the list is full, all go where they belong.
ALTER INDEX course_search_words SET (fastupdate = on, gin_pending_list_limit = 256);
