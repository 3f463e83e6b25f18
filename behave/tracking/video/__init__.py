"""Video files: containers and time stamps, frames in order, one by number, and the camera."""
