import { element } from './dom.js';

/** What each scope allows. */
export const SCOPES = {
  'users:read': 'list and read users',
  'users:write': 'create and change users',
  'users:delete': 'delete users',
  'history:read': 'read what happened to users',
  'tokens:read': 'list and read tokens',
  'tokens:write': 'create and revoke tokens',
  'self:read': 'read that user’s own record',
};

/** Makes a list of scopes with what each of them allows. */
export const scopeList = (scopes) =>
  element(
    'ul',
    scopes.map((scope) =>
      element('li', [element('code', scope), Object.hasOwn(SCOPES, scope) ? `: ${SCOPES[scope]}` : '']),
    ),
  );
