interface Level {
  width: number;
  height: number;
  tileWidth: number;
  tileHeight: number;
}

/** Places of the tiles of the coarsest levels, level after level while all of one still fit into `most`; level 0 is the finest. */
export function overviewTiles(
  levels: readonly Level[],
  most: number,
): { level: number; column: number; row: number }[] {
  const places: { level: number; column: number; row: number }[] = [];
  for (const [level, at] of [...levels.entries()].reverse()) {
    const columns = Math.ceil(at.width / at.tileWidth);
    const rows = Math.ceil(at.height / at.tileHeight);
    if (places.length + columns * rows > most) break;
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) places.push({ level, column, row });
  }
  return places;
}
