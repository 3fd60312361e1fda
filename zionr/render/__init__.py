"""Reports as text. Each format is one module with `render`; nothing here looks at anything but its arguments."""
