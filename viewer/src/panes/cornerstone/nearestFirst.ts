/** Places of a stack from one of them outward, at most so many: at an end of the stack all of them on the one side. */
export function* nearestFirst(length: number, at: number, most: number): Generator<number> {
  let left = most;
  for (let distance = 0; distance < length; distance += 1) {
    for (const index of distance === 0 ? [at] : [at + distance, at - distance]) {
      if (index < 0 || index >= length) continue;
      if (left <= 0) return;
      left -= 1;
      yield index;
    }
  }
}
