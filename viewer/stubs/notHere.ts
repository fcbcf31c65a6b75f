/** A function of a library that is not part of the page. */
export function notHere(name: string): () => never {
  return () => {
    throw new Error(`${name} is not part of this application`);
  };
}
