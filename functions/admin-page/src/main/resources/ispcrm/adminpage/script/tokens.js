import { API, Failure } from './api.js';
import { $, element, fact, isObject, setBusy, spoken, text, texts } from './dom.js';
import { clearErrors, complain } from './errors.js';
import { confirmRevocation } from './revoke.js';
import { reach } from './scopes.js';
import { onSignOut, ownToken, report, request, signOut } from './session.js';
import { daysAhead, parseTime, shownTime } from './times.js';
import { nameOf } from './user-picker.js';
import { onShow, show } from './views.js';

const PAGE = 20;

let owner = null;
// Where the next page starts; null on the last page.
let cursor = null;

const note = (message) => ($('tokens-note').textContent = message);
const titleOf = (token) => text(token.description) || 'Token without a description';
const isOwn = (token) => token.id === ownToken().id;

/** Shows the tokens of a user. Rejects as `request` does, and then leaves the current step as it is. */
export async function showTokens(user) {
  const page = await load(user, null);
  owner = user;
  const state = text(user.status);
  const username = text(user.username);
  $('tokens-user').replaceChildren(
    element('b', nameOf(user)),
    element('span', nameOf(user) === username ? ' ' : ` username ${username} `, 'soft'),
    element('span', state, state === 'active' ? 'badge active' : 'badge'),
  );
  $('token-list').replaceChildren();
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
  const entries = page.tokens.filter(isObject).map(entry);
  $('token-list').append(...entries);
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
  return entries[0];
}

function stateOf(token) {
  if (text(token.revoked_at)) {
    return 'revoked';
  }
  const expiry = parseTime(text(token.expires_at));
  return expiry && expiry <= Date.now() ? 'expired' : 'valid';
}

function entry(token) {
  const state = stateOf(token);
  const title = element('h2', titleOf(token), text(token.description) ? '' : 'soft');
  title.tabIndex = -1;
  const badges = [element('span', [spoken(', '), state], `badge ${state}`)];
  if (isOwn(token)) {
    badges.unshift(element('span', [spoken(', '), 'your session'], 'badge'));
  }
  const made = element(
    'li',
    [
      element('div', [title, element('span', badges, 'badges')], 'token-head'),
      element('dl', facts(token, state), 'facts'),
    ],
    state,
  );
  if (state === 'valid') {
    const button = element('button', ['Revoke', spoken(` the token “${titleOf(token)}”, ${text(token.id)}`)], 'quiet');
    button.type = 'button';
    button.addEventListener('click', () => revoke(token, made, button));
    made.append(button);
  }
  return made;
}

function facts(token, state) {
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
  return rows;
}

const by = (user) => (text(user) ? ` by ${text(user)}` : '');
const from = (address) => (text(address) ? ` from ${text(address)}` : '');
const withToken = (id) => (text(id) ? [' with the token ', element('code', text(id))] : []);

async function revoke(token, item, button) {
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  if (!(await confirmRevocation(token, titleOf(token), owner, isOwn(token)))) {
    return;
  }
  setBusy(button, true);
  clearErrors();
  note('Revoking the token…');
  try {
    const { data } = await request(`/tokens/${encodeURIComponent(token.id)}`, { method: 'DELETE' });
    if (!isObject(data) || text(data.revoked_at) === '') {
      throw new Failure('unreadable');
    }
    if (isOwn(token)) {
      signOut();
      complain('You revoked the token with which you were signed in. Sign in with another token.');
      return;
    }
    const revoked = entry(data);
    item.replaceWith(revoked);
    revoked.querySelector('h2').focus();
    note(`The token “${titleOf(data)}” is revoked.`);
  } catch (error) {
    note('');
    report(error, 'revoke');
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

function forgetTokens() {
  owner = null;
  cursor = null;
  $('token-list').replaceChildren();
  $('tokens-user').replaceChildren();
  note('');
}

onSignOut(forgetTokens);
onShow('find', forgetTokens);
$('more').addEventListener('click', showMore);
$('tokens-back').addEventListener('click', () => show('find', $('owner')));
