/** One fault of an input: at which field, and the code that its words stand under. */
export interface Fault {
  path?: string;
  message: string;
  code?: string;
  params?: Record<string, string | number>;
}

/** RFC 9457 problem as the hub answers it. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  instance?: string;
  errors?: Fault[];
  [more: string]: unknown;
}
