-- Planes are numbered from the glass upwards; the middle one is shown first. The high 16 bits of a tile's offset name the
-- file that holds it, plus one (a level cut over several instances: a concatenation); 0 is the file of the level.
comment on column slide_image_tiles.plane is 'focal plane, from the glass upwards; the middle one is shown first';
comment on column slide_image_tiles.entries is 'per tile: file + 1 in the high 16 bits and offset in the low 48, then length as 32 bits, little endian';
