// A hub process with the role hl7 only, for the run that kills it. Arguments: database url, data folder, port.
import { startHl7 } from '../../integrations/hl7/start.ts';
import { openContext } from '../../server/context.ts';
import { readConfig } from '../../server/core/config.ts';

const [url = '', folder = '', port = '0'] = process.argv.slice(2);
const { ctx } = await openContext(
  readConfig({ DATABASE_URL: url, DATA_DIR: folder, MLLP_PORT: port, LOG_LEVEL: 'silent' }),
  { exclusive: false },
);
const hl7 = await startHl7(ctx, { deliver: false });
process.stdout.write(`listening ${hl7.port}\n`);
