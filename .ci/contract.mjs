// Checks the Postman collections and the responses of the mock server that .ci/contract made from the contract.
// Usage: node contract.mjs FOLDER MOCK_URL
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [folder, mock] = process.argv.slice(2);
const read = name => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
const contract = read('contract');
const validator = (...unchecked) => {
  const ajv = new Ajv.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  for (const format of unchecked) ajv.addFormat(format, true);
  return ajv.addSchema(contract, 'contract');
};
const strict = validator();
// The mock server cannot make up a URI template, and takes any text for one.
const madeUp = validator('uri-template');

const failures = [];
const fail = (where, what) => failures.push(`${where}: ${what}`);
const check = (where, schema, body, ajv = strict) => {
  const validate = ajv.compile(schema);
  if (!validate(body)) fail(where, `${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`);
};
// The bundle keeps references to components as #/components/…; Ajv resolves them in the registered document.
const absolute = schema => JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"contract#/'));
const resolve = node => (node?.$ref ? node.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], contract) : node);
const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
  ['get', 'post', 'patch', 'put', 'delete'].filter(method => item[method]).map(method => ({
    path, method, operation: item[method], parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolve),
  })));

// A generated body is sensible if the API's own schema of the request accepts it. The generator has no value for an integer or
// a URL without an example and writes the name of its type for the client to replace, which counts as one here.
const placeholder = /^<(integer(,null)?(-int64)?|long)>$/;
const fill = (key, value) => (placeholder.test(value) ? 1 : value === '<uri>' ? 'https://hooks.example.net/' : value);
let bodies = 0;
for (const source of ['Example', 'Schema']) {
  const visit = item => {
    if (item.item) return item.item.forEach(visit);
    const raw = item.request.body?.raw;
    if (!raw) return;
    const found = operations.find(({ operation }) => operation.summary === item.name);
    const where = `Postman, ${source}, ${item.name}`;
    if (!found) return fail(where, 'the contract has no such operation');
    bodies++;
    try {
      check(where, absolute(resolve(found.operation.requestBody).content['application/json'].schema), JSON.parse(raw, fill));
    } catch (e) {
      fail(where, `${e.message} in ${raw}`);
    }
  };
  visit(read(source));
}
const expected = 2 * operations.filter(({ operation }) => operation.requestBody).length;
if (bodies !== expected) fail('Postman', `${bodies} bodies instead of ${expected}`);

// Each documented response of each operation, and one that the mock server makes up from the schema.
let responses = 0;
for (const { path, method, operation, parameters } of operations) {
  const exampleOf = parameter => {
    const named = Object.values(parameter.examples ?? {})[0];
    return parameter.example ?? resolve(named)?.value ?? resolve(parameter.schema).examples?.[0] ?? resolve(parameter.schema).default ?? 'jonewe';
  };
  let url = path;
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encodeURIComponent(exampleOf(parameter)));
    if (parameter.in === 'query' && parameter.required) query.set(parameter.name, exampleOf(parameter));
  }
  if (query.size) url += `?${query}`;
  const content = resolve(operation.requestBody)?.content['application/json'];
  const body = content && JSON.stringify(resolve(Object.values(content.examples)[0]).value);
  for (const [status, documented] of Object.entries(operation.responses)) {
    const json = Object.entries(resolve(documented).content ?? {}).find(([type]) => type === 'application/json')?.[1];
    for (const dynamic of json && status < 300 ? [false, true] : [false]) {
      const where = `prism, ${method.toUpperCase()} ${url}, ${status}${dynamic ? ', made up' : ''}`;
      const response = await fetch(mock + url, {
        method: method.toUpperCase(), body,
        headers: {
          Authorization: 'Bearer token', Prefer: `code=${status}, dynamic=${dynamic}`,
          ...(json && { Accept: 'application/json' }), ...(body && { 'Content-Type': 'application/json' }),
        },
      });
      const text = await response.text();
      responses++;
      if (response.status !== Number(status)) fail(where, `${response.status} ${text.slice(0, 300)}`);
      else if (json) check(where, absolute(json.schema), JSON.parse(text), dynamic ? madeUp : strict);
    }
  }
}

console.log(`${bodies} bodies of Postman collections, ${responses} responses of prism, ${failures.length} failures`);
failures.forEach(failure => console.error(failure));
process.exitCode = failures.length ? 1 : 0;
