-- An owner is being listed until a reading has ended; a scope that no longer has the owner takes the row away meanwhile.
ALTER TABLE owners ADD COLUMN listed boolean NOT NULL DEFAULT true;
