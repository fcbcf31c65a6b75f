/** One measured figure: how it compares with a peer or a limit in the same run. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** Minimum and maximum over the runs. */
  spread: [number, number];
  peer?: string;
  peerValue?: number;
  /** value ÷ peerValue, or limit ÷ value: greater is better. */
  ratio?: number;
  target: string;
  /** null when the peer is not installed: nothing was compared. */
  pass: boolean | null;
  command: string;
}

export interface Bench {
  /** e.g. `imaging.cstore`. */
  name: string;
  about: string;
  /** `report` shows a row as soon as it stands: a long run that is cut off has given what it had. */
  run(report: (row: BenchRow) => void): Promise<BenchRow[]>;
}
