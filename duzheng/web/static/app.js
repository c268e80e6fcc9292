"use strict";
// What pages do without asking the server; everything works without it, too.
