"use strict";

// Each request carries the key and a token of whoever is chosen, as that person's client would.
let session = null;
const who = document.getElementById("who");

function sign(request) {
  const user = session && session.users[who.value];
  if (user && !request.loadSpec) {
    request.headers["x-api-key"] = session.apiKey;
    request.headers.Authorization = `Bearer ${user.accessToken}`;
  }
  return request;
}

async function start() {
  session = await (await fetch("/_local/session.json")).json();
  const ui = SwaggerUIBundle({
    url: "/_local/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    validatorUrl: null,
    requestInterceptor: sign,
    onComplete: authorize,
  });
  function authorize() {
    const schemes = ui.specSelectors.securityDefinitions();
    const user = session && session.users[who.value];
    for (const [name, scheme] of schemes ? schemes.entrySeq() : []) {
      if (!user) ui.authActions.logout([name]);
      else if (scheme.get("type") === "apiKey") ui.preauthorizeApiKey(name, session.apiKey);
      else ui.preauthorizeApiKey(name, user.accessToken);
    }
  }
  who.addEventListener("change", authorize);
}

start();
