/** As much of an element as is asked here. */
interface Field {
  tagName: string;
  type?: string;
  role: string | null;
  closest(selector: string): unknown;
}

/**
 * Whether Enter in a field saves its form: in a line of text. In a list it takes the choice, in a picker the date or the
 * time that was typed, in several lines it begins a new one.
 */
export function submitsOnEnter(target: unknown): boolean {
  const { tagName, type, role, closest } = target as Field;
  return tagName === 'INPUT' && type === 'text' && !role && closest.call(target, '.ant-picker') === null;
}
