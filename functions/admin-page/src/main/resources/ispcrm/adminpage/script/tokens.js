const PAGE = 20;

let owner = null;
// Where the next page starts; null on the last page.
let cursor = null;
// Each token in the list with its item, by the token's id.
const entries = new Map();

const note = (message) => ($('tokens-note').textContent = message);
const titleOf = (token) => text(token.description) || 'Token without a description';
const isOwn = (token) => token.id === ownToken().id;

/** Shows the tokens of a user. Rejects as `request` does, and then leaves the current step as it is. */
async function showTokens(user) {
  const page = await load(user, null);
  owner = user;
  const state = text(user.status);
  const username = text(user.username);
  $('tokens-user').replaceChildren(
    element('b', nameOf(user)),
    element('span', nameOf(user) === username ? ' ' : ` username ${username} `, 'soft'),
    element('span', state, state === 'active' ? 'badge active' : 'badge'),
  );
  clearList();
  show('tokens');
  // After the step is shown, because screen readers announce only changes of what is shown.
  append(page);
}

async function load(user, after) {
  const query = new URLSearchParams({ user: text(user.id), limit: String(PAGE), ...(after && { cursor: after }) });
  const json = await request(`/tokens?${query}`);
  if (!Array.isArray(json.tokens)) {
    throw new Failure('unreadable');
  }
  return json;
}

/** Adds a page to the list and returns the first of its entries. */
function append(page) {
  const added = page.tokens.filter(isObject).map((token) => entry(token));
  $('token-list').append(...added);
  const next = text(page._links?.next);
  cursor = next && new URL(next, API).searchParams.get('cursor');
  $('more').hidden = !cursor;
  const count = $('token-list').children.length;
  const many = count === 1 ? '1 token' : `${count} tokens`;
  if (count === 0) {
    note('This user has no tokens.');
  } else {
    note(cursor ? `The latest ${many}.` : `${many}, latest first.`);
  }
  return added[0];
}

function stateOf(token) {
  if (text(token.revoked_at)) {
    return 'revoked';
  }
  const expiry = parseTime(text(token.expires_at));
  return expiry && expiry <= Date.now() ? 'expired' : 'valid';
}

/**
 * Makes the entry of a token.
 *
 * @param descendants the tokens that were revoked with it, if they are to be listed
 */
function entry(token, descendants = []) {
  const state = stateOf(token);
  const title = element('h2', titleOf(token), text(token.description) ? '' : 'soft');
  title.tabIndex = -1;
  const badges = [element('span', [spoken(', '), state], `badge ${state}`)];
  if (isOwn(token)) {
    badges.unshift(element('span', [spoken(', '), 'your session'], 'badge'));
  }
  const which = spoken(` the token “${titleOf(token)}”, ${text(token.id)}`);
  const button = element('button', state === 'valid' ? ['Revoke', which] : ['Revoke what it created', which], 'quiet');
  button.type = 'button';
  button.addEventListener('click', () => revoke(token, button));
  const item = element(
    'li',
    [
      element('div', [title, element('span', badges, 'badges')], 'token-head'),
      element('dl', facts(token, state, descendants), 'facts'),
      button,
    ],
    state,
  );
  entries.set(token.id, { token, item });
  return item;
}

/** Replaces the entry of a token that has changed, and returns it. */
function renew(token, descendants) {
  const { item } = entries.get(token.id);
  const renewed = entry(token, descendants);
  item.replaceWith(renewed);
  return renewed;
}

/** Shows a token as revoked, if the list shows it as something else. */
function markRevoked(id, revokedAt) {
  const token = entries.get(id)?.token;
  if (token && stateOf(token) !== 'revoked') {
    renew({ ...token, revoked_at: revokedAt });
  }
}

function facts(token, state, descendants) {
  const scopes = texts(token.scopes);
  const rows = [];
  if (state === 'revoked') {
    rows.push(fact('Revoked', [shownTime(text(token.revoked_at)), by(token.revoked_by)]));
  }
  rows.push(
    fact('Scopes', [
      reach(token),
      ...(scopes.length > 0 ? scopes.flatMap((scope) => [element('code', scope), ' ']) : ['none']),
    ]),
    fact('Created', [shownTime(text(token.created_at)), by(token.created_by), ...withToken(token.created_by_token)]),
    fact('Last used', token.last_used_at ? [shownTime(text(token.last_used_at)), from(token.last_used_from)] : 'never'),
    fact(state === 'expired' ? 'Expired' : 'Expires', [
      shownTime(text(token.expires_at)),
      state === 'valid' ? daysAhead(text(token.expires_at)) : '',
    ]),
  );
  if (texts(token.allowed_ips).length > 0) {
    rows.push(fact('Addresses', texts(token.allowed_ips).join(', ')));
  }
  rows.push(fact('Id', [element('code', text(token.id))]));
  if (descendants.length > 0) {
    const items = descendants.map(({ id, user, created_by_token: creator }) =>
      element('li', [element('code', text(id)), ` of ${text(user)}, created`, ...withToken(creator)]),
    );
    rows.push(fact('Also revoked', [element('ul', items)]));
  }
  return rows;
}

const by = (user) => (text(user) ? ` by ${text(user)}` : '');
const from = (address) => (text(address) ? ` from ${text(address)}` : '');
const withToken = (id) => (text(id) ? [' with the token ', element('code', text(id))] : []);

async function revoke(token, button) {
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  const user = owner;
  const isValid = stateOf(token) === 'valid';
  const chosen = isValid
    ? await confirmRevocation(token, titleOf(token), user, isOwn(token))
    : await confirmRevocationOfDescendants(token, titleOf(token), user);
  if (!chosen) {
    return;
  }
  const withDescendants = !isValid || chosen.withDescendants;
  setBusy(button, true);
  clearErrors();
  note(withDescendants ? 'Revoking the tokens. This takes a few seconds…' : 'Revoking the token…');
  try {
    const path = `/tokens/${encodeURIComponent(token.id)}${withDescendants ? '?descendants=true' : ''}`;
    const { data } = await request(path, { method: 'DELETE' });
    if (!isObject(data) || text(data.revoked_at) === '' || (withDescendants && !Array.isArray(data.descendants))) {
      throw new Failure('unreadable');
    }
    const descendants = withDescendants ? data.descendants.filter(isObject) : [];
    const outcome = withDescendants ? outcomeOf(data, descendants.length) : `The token “${titleOf(data)}” is revoked.`;
    if (isOwn(token) || descendants.some(isOwn)) {
      signOut();
      complain(
        `You revoked the token with which you were signed in. ${outcome} Sign in with another token.`,
        '',
        descendants.map(({ id, user: of }) => ({ field: text(id), message: `of ${text(of)}` })),
      );
    } else if (owner === user) {
      descendants.forEach(({ id, revoked_at: revokedAt }) => markRevoked(id, revokedAt));
      renew(data, descendants).querySelector('h2').focus();
      note(outcome);
    }
  } catch (error) {
    note('');
    report(error, withDescendants ? 'revokeDescendants' : 'revoke');
  } finally {
    setBusy(button, false);
  }
}

function outcomeOf(token, count) {
  const title = `The token “${titleOf(token)}”`;
  if (count === 0) {
    return `${title} is revoked. It has created no tokens.`;
  }
  return count === 1
    ? `${title} and 1 token that descends from it are revoked.`
    : `${title} and ${count} tokens that descend from it are revoked.`;
}

async function revokeAll() {
  const button = $('revoke-all');
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  const user = owner;
  const isOwnUser = user.id === ownToken().user;
  if (!(await confirmRevocationOfAll(user, isOwnUser))) {
    return;
  }
  setBusy(button, true);
  clearErrors();
  note('Revoking all tokens of this user…');
  try {
    const { data } = await request(`/tokens?${new URLSearchParams({ user: text(user.id) })}`, { method: 'DELETE' });
    if (!isObject(data) || text(data.revoked_at) === '') {
      throw new Failure('unreadable');
    }
    if (isOwnUser) {
      signOut();
      complain(`You revoked all your tokens, also the one with which you were signed in. ${NEW_TOKEN_HELP}`);
    } else if (owner === user) {
      [...entries.keys()].forEach((id) => markRevoked(id, data.revoked_at));
      note(`All tokens that ${nameOf(user)} had are revoked.`);
    }
  } catch (error) {
    note('');
    report(error, 'revokeAll');
  } finally {
    setBusy(button, false);
  }
}

async function showMore() {
  if ($('more').getAttribute('aria-disabled') === 'true') {
    return;
  }
  setBusy($('more'), true);
  clearErrors();
  try {
    const user = owner;
    const page = await load(user, cursor);
    // Meanwhile, the administrator may have gone to another user.
    if (owner === user) {
      append(page)?.querySelector('h2').focus();
    }
  } catch (error) {
    report(error, 'more');
  } finally {
    setBusy($('more'), false);
  }
}

function clearList() {
  entries.clear();
  $('token-list').replaceChildren();
}

function forgetTokens() {
  owner = null;
  cursor = null;
  clearList();
  $('tokens-user').replaceChildren();
  note('');
}

onSignOut(forgetTokens);
onShow('find', forgetTokens);
$('more').addEventListener('click', showMore);
$('revoke-all').addEventListener('click', revokeAll);
$('tokens-back').addEventListener('click', () => show('find', $('owner')));
