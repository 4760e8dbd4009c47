async function create(user, note) {
  note(`Creating the token for ${nameOf(user)}…`);
  try {
    const { data } = await request('/tokens', { method: 'POST', body: { user: user.id, ...draft() } });
    if (!isObject(data) || text(data.token) === '') {
      throw new Failure('unreadable');
    }
    forgetDraft();
    showResult(data, user);
  } catch (error) {
    if (!(error instanceof Failure && correct(error))) {
      report(error, 'create');
    }
  }
}

const recipientPicker = userPicker($('user'), $('users'), $('user-note'), create);

function showDraft() {
  const { description, scopes, expires_in_days: days, allowed_ips: addresses } = draft();
  const facts = [];
  if (description) {
    facts.push(fact('Description', description));
  }
  if (scopes) {
    facts.push(fact('Scopes', scopes.flatMap((scope) => [element('code', scope), ' '])));
  }
  if (days) {
    facts.push(fact('Lifetime', days === 1 ? '1 day' : `${days} days`));
  }
  if (addresses) {
    facts.push(fact('Addresses', addresses.join(', ')));
  }
  $('choose-facts').hidden = facts.length === 0;
  $('choose-facts').replaceChildren(...facts);
}

onShow('choose', () => {
  recipientPicker.reset();
  $('choose-limit').hidden = texts(ownToken().scopes).includes('staff:write');
  showDraft();
});
onSignOut(recipientPicker.reset);
$('choose-back').addEventListener('click', () => {
  if (!recipientPicker.isLocked()) {
    recipientPicker.reset();
    show('describe', $('description'));
  }
});
