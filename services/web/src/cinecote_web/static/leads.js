// The links to the other language and to the other moment lead there with what stands in the form, sent or not. Without
// this they lead there with what was sent.
"use strict";

{
  const form = document.querySelector(".film-form");
  const fields = [...form.querySelectorAll("input[type=text]")];
  const links = [...document.querySelectorAll(".moment, .languages a")].map((link) => ({ link, sent: link.href, asked: link.dataset.asked?.split(" ") }));

  function lead() {
    for (const { link, sent, asked } of links) {
      const address = new URL(sent);
      const changed = fields.filter((field) => field.value !== field.defaultValue && (!asked || asked.includes(field.name)));
      for (const field of changed) {
        if (field.value.trim()) address.searchParams.set(field.name, field.value);
        else address.searchParams.delete(field.name);
      }
      // `1,234 M` isn't the same number in every language.
      if (changed.length && !asked) address.searchParams.set("written", document.documentElement.lang);
      link.href = address.href;
    }
  }

  form.addEventListener("input", lead);
  // A browser that comes back here fills the fields with what was left in them.
  addEventListener("pageshow", lead);
}
