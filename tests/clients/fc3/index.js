'use strict';
// A component of Serverless Devs that deploys nothing: it writes down what it is given.
const fs = require('fs');

exports.default = class {
  async deploy(inputs) {
    fs.writeFileSync(process.env.DEPLOYED, JSON.stringify(inputs.props));
  }
};
