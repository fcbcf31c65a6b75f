interface Props {
  totalMs: number;
  /** Ends of the scale in microvolts. */
  high: number;
  low: number;
  x: (ms: number) => number;
  y: (microvolts: number) => number;
  width: number;
  height: number;
}

/** As on paper: thin lines every 40 ms and 0.1 mV, strong ones every 200 ms and 0.5 mV, which are named. */
export function BeatScale({ totalMs, high, low, x, y, width, height }: Props) {
  const times = Array.from({ length: Math.floor(totalMs / 40) + 1 }, (_, i) => i);
  const lowest = Math.ceil(low / 100);
  const levels = Array.from({ length: Math.floor(high / 100) - lowest + 1 }, (_, i) => lowest + i);
  const stroke = (i: number) => ({ stroke: 'var(--hub-line)', strokeWidth: i % 5 === 0 ? 1 : 0.4 });
  return (
    <g>
      {times.map((i) => (
        <line key={i} x1={x(i * 40)} x2={x(i * 40)} y1={0} y2={height} {...stroke(i)} />
      ))}
      {levels.map((i) => (
        <line key={i} x1={0} x2={width} y1={y(i * 100)} y2={y(i * 100)} {...stroke(i)} />
      ))}
      {/* zero has a line of its own, and the waves run over its name */}
      {levels
        .filter((i) => i !== 0 && i % 5 === 0)
        .map((i) => (
          <text key={i} x={3} y={y(i * 100) - 3} className="ecg-scale">
            {i / 10} mV
          </text>
        ))}
      {times
        .filter((i) => i > 0 && i % 5 === 0)
        .map((i) => (
          <text key={i} x={x(i * 40) + 3} y={height - 4} className="ecg-scale">
            {i * 40} ms
          </text>
        ))}
    </g>
  );
}
