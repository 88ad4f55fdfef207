package main

import (
	"flag"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	lwsv1 "sigs.k8s.io/lws/api/leaderworkerset/v1"
	"sigs.k8s.io/lws/pkg/controllers"
	"sigs.k8s.io/lws/pkg/webhooks"
)

// leaderWorkerSets runs the controller and its webhooks, without certificates of its own making.
func leaderWorkerSets() {
	flags := flag.NewFlagSet("lws", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	certificates := flags.String("cert-dir", "", "folder with tls.crt and tls.key")
	port := flags.Int("webhook-port", 0, "of the webhooks, on loopback")
	probe := flags.String("probe", "", "address of healthz and readyz")
	must(flags.Parse(os.Args[1:]))
	ctrl.SetLogger(zap.New(zap.UseDevMode(false)))

	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(lwsv1.AddToScheme(scheme))

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	must(err)
	config.QPS, config.Burst = 500, 500
	grace := 2 * time.Second
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                  scheme,
		LeaderElection:          false,
		HealthProbeBindAddress:  *probe,
		Metrics:                 metricsserver.Options{BindAddress: "0"},
		GracefulShutdownTimeout: &grace,
		WebhookServer: webhook.NewServer(webhook.Options{
			Host: "127.0.0.1", Port: *port, CertDir: *certificates,
		}),
	})
	must(err)
	client, recorder := mgr.GetClient(), mgr.GetEventRecorder("leaderworkerset")
	must(controllers.SetupIndexes(mgr.GetFieldIndexer()))
	must(controllers.NewLeaderWorkerSetReconciler(client, scheme, recorder).SetupWithManager(mgr))
	must(controllers.NewPodReconciler(client, scheme, recorder, nil).SetupWithManager(mgr))
	must(webhooks.SetupLeaderWorkerSetWebhook(mgr))
	must(webhooks.NewPodWebhook(nil).Setup(mgr))
	must(mgr.AddHealthzCheck("healthz", healthz.Ping))
	must(mgr.AddReadyzCheck("readyz", mgr.GetWebhookServer().StartedChecker()))
	must(mgr.Start(ctrl.SetupSignalHandler()))
}

func must(err error) {
	if err != nil {
		ctrl.Log.Error(err, "fatal")
		os.Exit(1)
	}
}
