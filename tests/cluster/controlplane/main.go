// controlplane: a Kubernetes control plane and the LeaderWorkerSet controller in one
// binary, for tests and for trying. Everything foreign comes from published modules.
package main

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

const usage = "usage: controlplane etcd|apiserver|controller-manager|scheduler|lws …"

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	part := os.Args[1]
	os.Args = append([]string{"controlplane-" + part}, os.Args[2:]...)
	switch part {
	case "etcd":
		etcd()
	case "apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "controller-manager":
		os.Exit(cli.Run(manager.NewControllerManagerCommand()))
	case "scheduler":
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	case "lws":
		leaderWorkerSets()
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
}

// etcd DIR CLIENT_PORT PEER_PORT: a store of one member, on loopback.
func etcd() {
	config := embed.NewConfig()
	config.Dir = os.Args[1]
	client, peer := loopback(os.Args[2]), loopback(os.Args[3])
	config.ListenClientUrls, config.AdvertiseClientUrls = client, client
	config.ListenPeerUrls, config.AdvertisePeerUrls = peer, peer
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	config.UnsafeNoFsync = true
	config.LogLevel = "warn"
	store, err := embed.StartEtcd(config)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	<-store.Server.ReadyNotify()
	over := make(chan os.Signal, 1)
	signal.Notify(over, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-over:
	case err := <-store.Err():
		fmt.Fprintln(os.Stderr, err)
	}
	store.Close()
}

func loopback(port string) []url.URL {
	return []url.URL{{Scheme: "http", Host: "127.0.0.1:" + port}}
}
