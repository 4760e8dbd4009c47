// How long the page waits for what comes of a test, which takes ten seconds at most.
const TEST_MS = 15_000;
const TEST_PAUSE_MS = 500;

const webhooksNote = (message) => ($('webhooks-note').textContent = message);
const webhookPath = (webhook) => `/webhooks/${encodeURIComponent(text(webhook.id))}`;
const webhookTitle = (webhook) => text(webhook.description) || 'Webhook without a description';

async function showWebhooks() {
  if ($('webhooks-button').getAttribute('aria-disabled') === 'true') {
    return;
  }
  setBusy($('webhooks-button'), true);
  clearErrors();
  try {
    const { webhooks } = await request('/webhooks');
    if (!Array.isArray(webhooks)) {
      throw new Failure('unreadable');
    }
    show('webhooks');
    // After the step is shown, because screen readers announce only changes of what is shown.
    $('webhook-list').replaceChildren(...webhooks.filter(isObject).map(webhookEntry));
    const many = webhooks.length === 1 ? '1 webhook.' : `${webhooks.length} webhooks.`;
    webhooksNote(webhooks.length === 0 ? 'There are no webhooks.' : many);
  } catch (error) {
    report(error, 'webhooks');
  } finally {
    setBusy($('webhooks-button'), false);
  }
}

/** What a webhook is at the moment, as its badge says it. */
function webhookState(webhook) {
  if (webhook.status !== 'active') {
    return 'disabled';
  }
  return text(webhook.failing_since) ? 'failing' : 'active';
}

function webhookEntry(webhook) {
  const state = webhookState(webhook);
  const title = element('h2', webhookTitle(webhook), text(webhook.description) ? '' : 'soft');
  title.tabIndex = -1;
  const button = element('button', ['Send a test', spoken(` to “${webhookTitle(webhook)}”, ${text(webhook.id)}`)], 'quiet');
  button.type = 'button';
  button.hidden = state === 'disabled';
  const item = element('li', [
    element('div', [title, element('span', element('span', [spoken(', '), state], `badge ${state}`), 'badges')], 'token-head'),
    element('dl', webhookFacts(webhook), 'facts'),
    button,
  ]);
  button.addEventListener('click', () => testWebhook(webhook, item, button));
  return item;
}

function webhookFacts(webhook) {
  const types = texts(webhook.types);
  const rows = [
    fact('URL', [element('code', text(webhook.url))]),
    fact('Events', types.length > 0 ? types.flatMap((type) => [element('code', type), ' ']) : 'all'),
    fact('Last success', text(webhook.last_success_at) ? shownTime(text(webhook.last_success_at)) : 'none yet'),
  ];
  if (text(webhook.disabled_reason)) {
    rows.push(fact('Disabled', `because ${text(webhook.disabled_reason)}`));
  }
  if (text(webhook.failing_since)) {
    rows.push(fact('Failing since', shownTime(text(webhook.failing_since))));
  }
  if (text(webhook.next_attempt_at)) {
    rows.push(fact('Next attempt', shownTime(text(webhook.next_attempt_at))));
  }
  rows.push(fact('Id', [element('code', text(webhook.id))]));
  return rows;
}

async function testWebhook(webhook, item, button) {
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  setBusy(button, true);
  clearErrors();
  webhooksNote('Sending a test…');
  try {
    const { data } = await request(`${webhookPath(webhook)}/test`, { method: 'POST' });
    const attempt = await attemptOf(webhook, text(data?.event));
    const changed = await request(webhookPath(webhook));
    if (isObject(changed.data) && item.isConnected) {
      const renewed = webhookEntry(changed.data);
      item.replaceWith(renewed);
      renewed.querySelector('h2').focus();
    }
    webhooksNote(outcomeOfTest(attempt));
  } catch (error) {
    webhooksNote('');
    report(error, 'test');
  } finally {
    setBusy(button, false);
  }
}

/** Waits for the attempt to deliver a test; null if there is none in time. */
async function attemptOf(webhook, event) {
  for (const end = Date.now() + TEST_MS; Date.now() < end; ) {
    const { deliveries } = await request(`${webhookPath(webhook)}/deliveries`);
    const attempt = Array.isArray(deliveries) && deliveries.find((candidate) => candidate?.event === event);
    if (attempt) {
      return attempt;
    }
    await new Promise((resolve) => setTimeout(resolve, TEST_PAUSE_MS));
  }
  return null;
}

function outcomeOfTest(attempt) {
  if (attempt === null) {
    return 'The test was not sent yet. See the list again in a minute.';
  }
  const said = text(attempt.status) ? `the receiver responded ${text(attempt.status)}` : text(attempt.reason);
  return attempt.result === 'delivered'
    ? `The test was delivered: ${said}, in ${text(attempt.duration_ms)} ms.`
    : `The test failed: ${said}. It is tried again.`;
}

function forgetWebhooks() {
  $('webhook-list').replaceChildren();
  webhooksNote('');
}

onSignOut(forgetWebhooks);
$('webhooks-button').addEventListener('click', showWebhooks);
$('webhooks-back').addEventListener('click', () => {
  forgetWebhooks();
  show('start', $('webhooks-button'));
});
