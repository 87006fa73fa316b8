const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Keys come from outside: a long one is cut, an odd one is written as JSON, so that a path is always printable. */
const longestKey = 64;

/** Where in an input a field is, as people write it: `[3].data.a.b`, `data["with space"]`. `prefix`: where the input itself is. */
export function fieldPath(parts: readonly PropertyKey[], prefix = ''): string {
  let path = prefix;
  for (const part of parts) {
    if (typeof part === 'number') {
      path += `[${part}]`;
      continue;
    }
    const key = String(part);
    if (plainName.test(key) && key.length <= longestKey) {
      path += path === '' ? key : `.${key}`;
    } else {
      path += `[${JSON.stringify(key.length > longestKey ? `${key.slice(0, longestKey)}…` : key)}]`;
    }
  }
  return path;
}
