// Stands in for `dcmjs` (1.1 MB of source) below Cornerstone: we read headers ourselves and set its legacy metadata
// provider, so of dcmjs only its log and those attributes are used that Cornerstone's own source names (a test compares).
// Whatever else is asked of it fails.
import attributes from './attributes.json' with { type: 'json' };

type Say = (...what: unknown[]) => void;
interface Logger {
  trace: Say;
  debug: Say;
  info: Say;
  warn: Say;
  error: Say;
  getLevel: () => number;
  setLevel: () => void;
}

const silent: Say = () => undefined;
const levels = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4, SILENT: 5 };

/** Warnings and errors go to the console, except those about the dictionary that is left out. */
function getLogger(name: string): Logger {
  return {
    trace: silent,
    debug: silent,
    info: silent,
    warn: name.endsWith('utilities.Tags') ? silent : (...what) => console.warn(name, ...what),
    error: (...what) => console.error(name, ...what),
    getLevel: () => levels.WARN,
    setLevel: silent,
  };
}

export const log = { ...getLogger('dcmjs'), getLogger, levels };

export const constants = {
  IMPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2',
  EXPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2.1',
  DEFLATED_EXPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2.1.99',
  EXPLICIT_BIG_ENDIAN: '1.2.840.10008.1.2.2',
};

/** `SOPInstanceUID` → `{ tag: '(0008,0018)', vr: 'UI', vm: '1' }`, as dcmjs has it. */
export const nameMap = Object.fromEntries(
  Object.entries(attributes).map(([name, value]) => {
    const [tag = '', vr = '', vm = ''] = value.split(' ');
    return [name, { name, tag, vr, vm }];
  }),
);
/** The same by `00080018`. */
const dictionary = Object.fromEntries(
  Object.values(nameMap).map((entry) => [entry.tag.replace(/[(),]/g, ''), entry]),
);

class LeftOut {
  constructor() {
    throw new Error('dcmjs is not part of this application');
  }
}

export default {
  log,
  constants,
  data: { DicomMetaDictionary: { dictionary, nameMap } },
  async: { AsyncDicomReader: LeftOut },
  utilities: { DicomMetadataListener: LeftOut },
};
