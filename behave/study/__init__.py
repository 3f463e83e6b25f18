"""The study as a whole: its files, its stages in order, and what is kept between runs."""
