// Sends messages with npm's dingtalk-robot-sender: dingtalk_robot_sender.js ADDRESS SECRET MESSAGE...; an empty secret: none.
// Prints one line of JSON, as send.py does.
const ChatBot = require("dingtalk-robot-sender");

const [webhook, secret, ...messages] = process.argv.slice(2);

(async () => {
  const robot = new ChatBot({ webhook, secret });
  const results = [];
  for (const message of messages) {
    try {
      results.push({ returned: (await robot.text(message)).data });
    } catch (error) {
      results.push({ raised: error.name });
    }
  }
  console.log(JSON.stringify(results));
})();
