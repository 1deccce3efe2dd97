-- How somebody wants to read.
UPDATE person SET language = 'de', zone = 'Europe/Berlin', theme = 'dark', density = 'compact' WHERE name = 'Carl Costa';
