"""Tests in real browsers: Chromium through Playwright, Firefox ESR through WebDriver BiDi."""
