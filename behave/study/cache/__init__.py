"""What is kept between runs, where it came from, and who may write."""
