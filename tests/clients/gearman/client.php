<?php
// php-gearman: submits one job and prints its answer, how many words of progress came, and the numbers of each.

[, $port, $payload] = $argv;
$client = new GearmanClient();
$client->addServer('127.0.0.1', (int) $port);
$answer = null;
$reports = [];
$client->setStatusCallback(function (GearmanTask $task) use (&$reports) {
    $reports[] = [$task->taskNumerator(), $task->taskDenominator()];
});
$client->setCompleteCallback(function (GearmanTask $task) use (&$answer) {
    $answer = $task->data();
});
$client->addTask('upload', $payload);
$client->runTasks();
echo json_encode(['answer' => $answer, 'statuses' => count($reports), 'reports' => $reports]), "\n";
