import { z } from 'zod';
import { event } from './condition-schema.ts';
import { ruleFile } from './rule-schema.ts';

/**
 * The form of a rule file as JSON Schema (draft 2020-12), for editors: keys are completed and explained, faults of form underlined.
 * Relations between values are told by `rules check`.
 */
export function ruleJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(ruleFile, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== event) return;
      const { description, ...asMap } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, {
        anyOf: [{ type: 'string' }, asMap],
        ...(description ? { description } : {}),
      });
    },
  });
  return { title: 'GridGuard alert rule', ...schema };
}
