/** Members that only ever name something of a catalogue and are never sent back. */
const MEMBERS = new Set([
  'itemName',
  'testName',
  'panel',
  'tubeName',
  'rejectionName',
  'policy',
  'instrument',
]);

/** The same value with the English names in it. */
export function translate(value: unknown, byName: Map<string, string>, named: boolean): unknown {
  if (Array.isArray(value)) return value.map((part) => translate(part, byName, named));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === 'string' && (MEMBERS.has(key) || (named && key === 'name'))
        ? (byName.get(part) ?? joined(part, byName))
        : translate(part, byName, named),
    ]),
  );
}

/** Several names stand joined in one text where a report unit holds several items. */
function joined(text: string, byName: Map<string, string>): string {
  const parts = text.split(/、(?![^(（]*[)）])/); // a name may list its own parts in brackets
  return parts.some((part) => byName.has(part))
    ? parts.map((part) => byName.get(part) ?? part).join(', ')
    : text;
}
