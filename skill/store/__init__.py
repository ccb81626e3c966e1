"""Where a listener's record is kept between sessions."""
