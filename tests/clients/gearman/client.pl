# Gearman::Client: submits one job and prints its answer and how many words of progress came.
use strict;
use warnings;
use Encode qw(decode);
use Gearman::Client;
use JSON::PP;

my ($port, $payload) = @ARGV;
my $client = Gearman::Client->new(job_servers => ["127.0.0.1:$port"]);
my ($answer, $statuses) = (undef, 0);
my $tasks = $client->new_task_set;
$tasks->add_task(upload => $payload, {
    on_complete => sub { $answer = decode('UTF-8', ${ $_[0] }) },
    on_status   => sub { $statuses++ },
});
$tasks->wait(timeout => 60);
print encode_json({ answer => $answer, statuses => $statuses }), "\n";
