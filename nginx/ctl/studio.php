<?php
// Adminer (Debian's) as `ticketctl studio` serves it: who has the password of this start reads the views of the schema studio. The
// database's own password is known to this process only.

$port = $_SERVER['SERVER_PORT'];
// A page of elsewhere whose name leads to this machine is not asked for.
if (!in_array($_SERVER['HTTP_HOST'] ?? '', ["127.0.0.1:$port", "localhost:$port"], true)) {
    http_response_code(421);
    exit("Open it as http://127.0.0.1:$port/\n");
}
if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/') {
    http_response_code(404);
    exit("There is nothing here.\n");
}

function adminer_object()
{
    class Studio extends Adminer
    {
        public function name()
        {
            return 'Event Ticketing studio';
        }

        public function credentials()
        {
            return [getenv('STUDIO_SERVER'), 'studio_reader', getenv('STUDIO_DATABASE_PASSWORD')];
        }

        public function database()
        {
            return getenv('STUDIO_DATABASE');
        }

        public function databases($flush = true)
        {
            return [getenv('STUDIO_DATABASE')];
        }

        public function schemas()
        {
            return ['studio'];
        }

        public function login($login, $password)
        {
            return hash_equals(getenv('STUDIO_PASSWORD_HASH'), hash('sha256', (string) $password));
        }

        public function permanentLogin($create = false)
        {
            return false;
        }

        // Adminer would ask its own site for a newer version.
        public function csp()
        {
            return array_map(fn ($policy) => ['connect-src' => "'self'", 'frame-src' => "'none'"] + $policy, parent::csp());
        }

        public function loginForm()
        {
            $hidden = ['driver' => 'pgsql', 'server' => '', 'username' => 'studio_reader', 'db' => getenv('STUDIO_DATABASE')];
            foreach ($hidden as $name => $value) {
                echo '<input type="hidden" name="auth[' . $name . ']" value="' . htmlspecialchars($value) . '">';
            }
            echo '<p><label>The password that ticketctl printed <input type="password" name="auth[password]" autofocus></label>';
            echo ' <input type="submit" value="Log in"></p>';
        }
    }
    return new Studio();
}

chdir('/usr/share/adminer');
include '/usr/share/adminer/adminer.php';
