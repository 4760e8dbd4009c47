const NEW_TOKEN_HELP =
  'If you have no other token, ask an administrator of the AWS account to run the function bootstrap-admin: ' +
  'it prints a new one.';

const RETRY = {
  signIn: 'press Sign in again',
  search: 'press Enter in the field to search again',
  create: 'choose the user again',
  list: 'choose the user again',
  more: 'press Show more tokens again',
  revoke: 'press Revoke again',
  revokeDescendants: 'revoke it again with the tokens that it created',
  revokeAll: 'press Revoke all tokens of this user again',
  webhooks: 'press See webhooks again',
  test: 'press Send a test again',
};

const GONE = {
  create: 'This user no longer exists. Search again and choose another user.',
  revoke: 'This token no longer exists, so it cannot be used. There is nothing to revoke.',
  revokeDescendants:
    'This token no longer exists, and nothing says any more which tokens it created. ' +
    'Revoke all tokens of the users for whom it may have created some.',
  revokeAll: 'This user no longer exists, so their tokens cannot be used. There is nothing to revoke.',
  test: 'This webhook no longer exists.',
};

const LABELS = {
  description: 'Description',
  scopes: 'Scopes',
  expires_in_days: 'Lifetime',
  allowed_ips: 'Addresses',
};

/** Returns the errors of single fields, which say more than the response's message then does. */
const fieldErrors = ({ status, json }) =>
  status === 400 && Array.isArray(json.errors) ? json.errors.filter(isObject) : [];

function pause(retryAfter) {
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000);
  if (!(seconds > 0)) {
    return 'Wait a minute';
  }
  return seconds === 1 ? 'Wait a second' : `Wait ${seconds} seconds`;
}

/** Says what happened although no response says so: the request may have reached the API. */
function uncertainty(failure, task) {
  if (failure.reason === 'refused' && failure.status < 500) {
    return '';
  }
  if (task === 'create') {
    return ' If a token was created anyway, it was never shown: find it in the user’s tokens and revoke it.';
  }
  if (task === 'revoke') {
    return ' Do not rely on the token being revoked until this page says so.';
  }
  return task.startsWith('revoke') ? ' Do not rely on the tokens being revoked until this page says so.' : '';
}

function refusal(failure, task) {
  const retry = RETRY[task];
  const said = text(failure.json.message);
  const quoted = said && fieldErrors(failure).length === 0 ? ` The API says: “${said}”` : '';
  if (failure.status === 503 && task === 'revokeDescendants') {
    return (
      `There was not enough time to revoke all of them. ${pause(failure.retryAfter)}, then ${retry}: ` +
      'that continues where it stopped.'
    );
  }
  switch (failure.status) {
    case 400:
      return task === 'create'
        ? `The token was not created.${quoted} Correct what is wrong, or choose another user.`
        : `The API rejected the request.${quoted} Check what you typed, then ${retry}.`;
    case 401:
      return (
        (task === 'signIn'
          ? 'This token is not valid, has expired or was revoked. Check that you pasted all of it and nothing else. '
          : 'Your token is no longer accepted: it has expired or was revoked. Sign in with another token. ') +
        NEW_TOKEN_HELP
      );
    case 403:
      return failure.json.code === 'address_not_allowed'
        ? `Your token cannot be used from this address.${quoted} Sign in with another token.`
        : `Your token does not allow this.${quoted} Sign in with an administrator’s token that has all scopes.`;
    case 404:
      return GONE[task] ?? `No API was found at ${API}.${quoted} Check the address of this page.`;
    case 409:
      return failure.json.code === 'user_barred'
        ? `The token was not created, because this user has no access.${quoted} Choose another user.`
        : `The API could not do this at the moment.${quoted} In a moment, ${retry}.`;
    case 413:
      return `The request is too large.${quoted} Go back and shorten the description.`;
    case 429:
      return `Too many requests. ${pause(failure.retryAfter)}, then ${retry}.`;
    default:
      return failure.status >= 500
        ? `The server failed. In a moment, ${retry}. If that does not help, contact the operator of this system.`
        : `The API rejected the request with status ${failure.status}.${quoted} Check your entries, then ${retry}.`;
  }
}

function instruction(failure, task) {
  if (failure.reason === 'unreachable') {
    return `The server did not respond. Check your connection, then ${RETRY[task]}.`;
  }
  if (failure.reason === 'unreadable') {
    const status = failure.status ? ` (HTTP status ${failure.status})` : '';
    return (
      `The response did not come from the ISPCRM API${status}; a proxy in between may have sent it. ` +
      `In a moment, ${RETRY[task]}. If that does not help, contact the operator of this system.`
    );
  }
  return refusal(failure, task);
}

/** Shows a message above the step, with what it is about in detail, and has screen readers announce it. */
function complain(message, requestId = '', details = []) {
  const parts = [element('p', message)];
  const items = details.map(({ field, message: said }) => {
    const name = Object.hasOwn(LABELS, text(field)) ? LABELS[field] : field;
    return element('li', [name, said].map(text).filter(Boolean).join(': '));
  });
  if (items.length > 0) {
    parts.push(element('ul', items));
  }
  if (requestId) {
    parts.push(element('p', ['Request id: ', element('code', requestId)], 'trace'));
  }
  $('alert').replaceChildren(...parts);
  $('alert').scrollIntoView({ block: 'nearest' });
}

const clearErrors = () => $('alert').replaceChildren();

/** Shows what to do after a Failure of this task, which is a key of RETRY. */
function explain(failure, task) {
  complain(instruction(failure, task) + uncertainty(failure, task), failure.requestId, fieldErrors(failure));
}

const isTokenRefused = (error) => error.reason === 'refused' && error.status === 401;
