// Another platform as its own process: answers searches for DiagnosticReport from a file, `node fhirPeer.mjs FILE`.
import fs from 'node:fs';
import { createServer } from 'node:http';

const file = process.argv[2] ?? '';
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://peer');
  const { token, silent, patients } = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (silent) return; // takes the question and never answers
  if (pathname !== '/fhir/DiagnosticReport') return response.writeHead(404).end();
  if (request.headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
  const entry = (patients[searchParams.get('patient.identifier') ?? ''] ?? []).map((resource) => ({
    resource,
  }));
  response.setHeader('content-type', 'application/fhir+json');
  response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: entry.length, ...(entry.length > 0 && { entry }) })); // prettier-ignore
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/fhir\n`));
