export interface Endpoint {
  institutionId: string;
  institutionCode: string;
  host: string;
  port: number;
  version: string;
  charset: string;
  pdf: string;
  receivingApplication: string;
  receivingFacility: string;
  quirks: unknown;
}

/** Field quirks of one institution; what is not named here goes out as the standard says. */
export interface Quirks {
  /** MSH-18 spelled as the peer knows it, e.g. GBK. */
  charsetName?: string;
  /** Family and given name in two components. */
  splitNames?: boolean;
  /** Leave out what older peers cannot read. */
  omitPdf?: boolean;
  sendingApplication?: string;
  sendingFacility?: string;
  /** Times without the zone. */
  noTimeZone?: boolean;
  /** OBX-2 of findings and impression; FT unless named. */
  textType?: string;
  /** One OBX per line of text, for peers that do not know the escape of a line break. */
  splitLines?: boolean;
  /** PID-3.5 of the ID card; NNCHN unless named. */
  idCardType?: string;
}

/** Empty fields of the form count as not named. */
export const readQuirks = (stored: unknown): Quirks =>
  Object.fromEntries(
    Object.entries((stored ?? {}) as Record<string, unknown>).filter(
      ([, value]) => value !== null && value !== '',
    ),
  );
