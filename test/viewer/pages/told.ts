/** What a component called back with, in order: `[name, ...arguments]`. */
export const told: unknown[][] = [];

export const tell =
  (name: string) =>
  (...given: unknown[]): void =>
    void told.push([name, ...given]);
