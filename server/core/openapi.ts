import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoints, type EndpointDescription } from './http.ts';

/** OpenAPI 3.1 of everything under /api, made from the validators that the endpoints use. */
export function openApiDocument(_ctx: Context) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = `/api${endpoint.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [endpoint.method]: describe(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'County Hub',
      version: '1',
      description:
        'Shared imaging, ECG, laboratory, pathology and sterile supply of a county medical community.',
    },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'hub_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
      schemas: {
        Problem: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            instance: { type: 'string' },
            errors: { type: 'array', items: { type: 'object' } },
          },
        },
      },
    },
  };
}

function describe(endpoint: EndpointDescription) {
  const problem = {
    description: 'Problem (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return {
    summary: endpoint.summary,
    'x-access': endpoint.access,
    ...(endpoint.access !== 'public' && { security: [{ session: [] }, { token: [] }] }),
    parameters: [...parameters(endpoint.params, 'path'), ...parameters(endpoint.query, 'query')],
    ...requestBody(endpoint),
    responses: {
      // Without a stated status: 200 with JSON or a document, or 204 when there is nothing to say.
      [endpoint.status ? String(endpoint.status) : '2XX']: {
        description: 'Done',
        ...answerContent(endpoint),
      },
      default: problem,
    },
  };
}

function requestBody(endpoint: EndpointDescription) {
  const { body, bodyMedia } = endpoint;
  if (!body && !bodyMedia) return {};
  const content = {
    ...anyOf(bodyMedia),
    ...(body && { 'application/json': { schema: toSchema(body) } }),
  };
  return { requestBody: { required: true, content } };
}

function answerContent(endpoint: EndpointDescription) {
  const { answer, answerMedia } = endpoint;
  if (!answer && !answerMedia) return {};
  return {
    content: {
      ...anyOf(answerMedia),
      ...(answer && { 'application/json': { schema: toSchema(answer) } }),
    },
  };
}

/** OpenAPI 3.1: bytes of a media type have no schema. */
const anyOf = (types: readonly string[] = []) => Object.fromEntries(types.map((type) => [type, {}]));

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query') {
  if (!schema) return [];
  const json = toSchema(schema) as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(json.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (json.required ?? []).includes(name),
    schema: property,
  }));
}

const toSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
