-- A record that may be torn is believed when a reading that begins at this time or later shows the same. That another one
-- showed the same a moment after the first says nothing: the save may last longer.
ALTER TABLE records ADD COLUMN young_until timestamptz;
UPDATE records SET young_until = now() + interval '1 minute' WHERE young;
ALTER TABLE records DROP COLUMN young;
