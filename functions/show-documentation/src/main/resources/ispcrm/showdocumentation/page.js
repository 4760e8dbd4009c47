'use strict';

/* Replaces the list of operations by Swagger UI, and gives each operation the command that the list shows. */
const list = document.getElementById('list');

async function contract() {
  const response = await fetch(document.body.dataset.contract);
  if (!response.ok) {
    throw new Error(`the contract returned ${response.status}`);
  }
  const spec = await response.json();
  // The page itself shows the introduction.
  spec.info = { title: spec.info.title, version: spec.info.version };
  for (const path of Object.values(spec.paths)) {
    for (const operation of Object.values(path)) {
      const command = document.querySelector(`#${operation.operationId} pre`);
      if (command) {
        operation.description += `\n\n\`\`\`\n${command.textContent}\n\`\`\`\n`;
      }
    }
  }
  return spec;
}

contract().then((spec) => {
  window.SwaggerUIBundle({
    spec,
    dom_id: '#explorer',
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: 'list',
    validatorUrl: null,
    onComplete: () => { list.hidden = true; },
  });
}).catch((error) => { console.error(error); });
