import { z } from 'zod';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>>;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: object };
}

/** Holds answers against the API's own description of them. */
export class DocumentedAnswers {
  readonly #document: OpenApi;
  readonly #schemas = new Map<string, z.ZodType | null>();

  constructor(document: unknown) {
    this.#document = document as OpenApi;
  }

  /** What is wrong with an answer, as text; null: it is as documented, or its route is not (there is none). */
  fault(method: string, path: string, status: number, body: unknown): string | null {
    const route = this.#route(path.replace(/\?.*$/, ''), method.toLowerCase());
    if (route === null) return null;
    const schema = this.#schema(route, method.toLowerCase(), status);
    if (schema === null) return null;
    const checked = schema.safeParse(body);
    return checked.success ? null : `${method} ${path} answered ${status} with what is not documented:\n${z.prettifyError(checked.error)}`;
  }

  #route(path: string, method: string): string | null {
    const steps = path.split('/');
    const fits = (template: string): boolean => {
      const parts = template.split('/');
      return parts.length === steps.length && parts.every((part, i) => part.startsWith('{') || part === steps[i]);
    };
    const found = Object.keys(this.#document.paths).filter(
      (template) => fits(template) && this.#document.paths[template]?.[method] !== undefined,
    );
    // A literal step is meant before a parameter.
    return found.sort((a, b) => a.split('{').length - b.split('{').length)[0] ?? null;
  }

  #schema(route: string, method: string, status: number): z.ZodType | null {
    const key = `${method} ${route} ${status}`;
    const known = this.#schemas.get(key);
    if (known !== undefined) return known;
    const responses = this.#document.paths[route]?.[method]?.responses ?? {};
    const json = (responses[String(status)] ?? responses['default'])?.content?.['application/json']?.schema;
    const { components = {} } = this.#document;
    const schema =
      json === undefined
        ? null
        : z.fromJSONSchema({ ...definitionsIn(json), $defs: definitionsIn(components.schemas ?? {}) } as Parameters<
            typeof z.fromJSONSchema
          >[0]);
    this.#schemas.set(key, schema);
    return schema;
  }
}

/** OpenAPI keeps shared schemas elsewhere than plain JSON Schema. */
function definitionsIn(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/')) as object;
}
