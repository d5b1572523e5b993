"""The pages of instructors: their courses, what these sold, and what learners say."""
