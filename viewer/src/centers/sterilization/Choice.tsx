import { Radio } from 'antd';

/**
 * One of a few, with nothing chosen at first: a result is never shown as passed before somebody has said so (a segmented
 * control shows its first option as chosen).
 */
export function Choice<T extends string>({
  id,
  value,
  onChange,
  options,
}: {
  id?: string;
  value?: T;
  onChange?: (value: T) => void;
  options: readonly { value: T; label: string }[];
}) {
  return (
    <Radio.Group
      {...(id && { id })}
      value={value ?? null}
      optionType="button"
      buttonStyle="solid"
      options={[...options]}
      onChange={(event) => onChange?.(event.target.value as T)}
    />
  );
}
