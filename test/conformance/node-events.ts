// zone.js knows the events of pages. Those of Node are dispatched in a way of their own, and fail under it by themselves.
Object.assign(globalThis, { __Zone_disable_EventTarget: true });
