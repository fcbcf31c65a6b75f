/** One line that is written over, where a person looks at it; nothing otherwise. */
export function progressLine(json: boolean): {
  show?: (step: string, done: number, of?: number) => void;
  end(): void;
} {
  if (json || !process.stdout.isTTY) return { end: () => undefined };
  return {
    show: (step, done, of) => void process.stdout.write(`\r\x1b[K${step} ${done}${of ? ` of ${of}` : ''}`),
    end: () => void process.stdout.write('\r\x1b[K'),
  };
}
