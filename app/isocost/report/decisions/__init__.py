<<<<<<< HEAD
"""What commands that help to decide say: each answer once, for every form and for the window."""
=======
"""What helps to decide, each question with its sentences and tables."""
>>>>>>> doubt
