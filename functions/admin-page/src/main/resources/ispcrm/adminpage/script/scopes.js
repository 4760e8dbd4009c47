/** Makes a list of scopes with what each of them allows. */
const scopeList = (scopes) =>
  element(
    'ul',
    scopes.map((scope) =>
      element('li', [element('code', scope), Object.hasOwn(SCOPES, scope) ? `: ${SCOPES[scope].words}` : '']),
    ),
  );

/** Says whether a token is narrowed, in front of its scopes. */
const reach = ({ narrowed }) => (narrowed === true ? 'Limited to: ' : 'All scopes of the user’s role: ');
