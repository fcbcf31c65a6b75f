/** The address of another database of the same server. */
export function databaseNamed(address: string, name: string): string {
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}
